import { expect } from 'chai'
import { aroundAttacks } from './around.ts'
import { attempted, type Bench, bench } from './bench.ts'
import { bodyAttacks } from './bodies.ts'
import { headAttacks } from './heads.ts'

const attacks = [...bodyAttacks, ...headAttacks, ...aroundAttacks]

describe('attacks on a running server', () => {
  let target: Bench
  const through: string[] = []

  before(async () => {
    target = await bench()
  })
  after(async () => {
    await target.close()
    console.log(`      ${attempted()} attacks tried, ${through.length} got through`)
  })

  for (const { fault, what, attack } of attacks) {
    it(`${fault}: ${what}`, async () => {
      const complaint = await attack(target)
      if (complaint !== undefined) through.push(fault)
      expect(complaint).to.equal(undefined)
      expect((await target.post()).status, 'the server goes on').to.equal(200)
    })
  }
})
