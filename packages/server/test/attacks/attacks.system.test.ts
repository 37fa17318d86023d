import { expect } from 'chai'
import { type AttackTarget, attemptCount, startTarget } from './attack-target.ts'
import { bodyAttacks } from './body-attacks.ts'
import { headAttacks } from './head-attacks.ts'
import { otherAttacks } from './other-attacks.ts'

const attacks = [...bodyAttacks, ...headAttacks, ...otherAttacks]

describe('attacks on a running server', () => {
  let target: AttackTarget
  const through: string[] = []

  before(async () => {
    target = await startTarget()
  })
  after(async () => {
    await target.close()
    console.log(`      ${attemptCount()} attacks tried, ${through.length} got through`)
  })

  for (const { title, attack } of attacks) {
    it(title, async () => {
      const problem = await attack(target)
      if (problem !== undefined) through.push(title)
      expect(problem).to.equal(undefined)
      expect((await target.post()).status, 'the server goes on').to.equal(200)
    })
  }
})
