import { expect } from 'chai'
import type { Command } from 'commander'
import { createProgram } from '../../src/main.ts'

const HELP_WIDTH = 80

const withSubcommands = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(withSubcommands)]

const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name())

/** Returns the help as a terminal of 80 columns shows it, with the examples. */
const helpOf = (command: Command): string => {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
    getOutHelpWidth: () => HELP_WIDTH,
  })
  command.outputHelp()
  return text
}

describe('the help of every command', () => {
  const commands = withSubcommands(createProgram(() => {}))

  it('describes each command, argument and option', () => {
    for (const command of commands) {
      const described = [
        [pathOf(command), command.description()] as const,
        ...command.registeredArguments.map((argument) => [`${pathOf(command)} <${argument.name()}>`, argument.description] as const),
        ...command.options.map((option) => [`${pathOf(command)} ${option.flags}`, option.description] as const),
      ]
      for (const [name, description] of described) expect(description, name).not.to.equal('')
    }
  })

  it('fits in 80 columns', () => {
    for (const command of commands) {
      const tooLong = helpOf(command)
        .split('\n')
        .filter((line) => line.length > HELP_WIDTH)
      expect(tooLong, pathOf(command)).to.deep.equal([])
    }
  })
})
