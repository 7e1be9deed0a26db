import type { Operations } from '@nyuzi/server/operations'
import { Command, Flags } from '@oclif/core'

/** The flag was understood and cannot be used: which one, what it must be, and what to give instead. */
export class FlagRefused extends Error {
  override readonly name = 'FlagRefused'

  constructor(flag: string, rule: string, fix: string) {
    super(`--${flag} ${rule}. ${fix}`)
  }
}

export const organisationFlag = Flags.string({
  char: 'o',
  description: 'One organisation, by its slug or its id; default: all of them',
  helpValue: '<slug|id>',
})

/** A command that works on the server's database, with the server's own rules and without its workers. */
export abstract class OperationsCommand extends Command {
  /** Opens the server's door, lends it to the work and closes it, however the work ends. */
  protected async withOperations<T>(work: (operations: Operations) => Promise<T>): Promise<T> {
    // Loaded here and not at the top: `nyuzi --help` must not wait for a server.
    const { openOperations } = await import('@nyuzi/server/operations')
    const operations = await openOperations(process.env)
    try {
      return await work(operations)
    } finally {
      await operations.close()
    }
  }

  protected override async catch(error: Error & { exitCode?: number }): Promise<unknown> {
    const usage = error instanceof FlagRefused ? error.message : usageOf(error, this.id ?? '', Object.keys(this.ctor.args))
    if (usage === undefined && error.name !== 'OperationRefused') return await super.catch(error)
    // Not by oclif, which breaks lines at 80 characters: a command in the sentence is there to be copied.
    this.logToStderr(`nyuzi: ${usage ?? error.message}`)
    return this.exit(usage === undefined ? 1 : 2)
  }
}

/** What oclif found wrong with the words, as word, rule and fix. */
function usageOf(error: Error, id: string, takes: readonly string[]): string | undefined {
  const help = `Run \`nyuzi ${id.replaceAll(':', ' ')} --help\` for the flags it takes.`
  const { flags, args } = error as { flags?: readonly string[]; args?: readonly string[] }
  if (error.constructor.name === 'NonExistentFlagsError' && flags) return `${flags.join(', ')}: there is no such flag. ${help}`
  if (error.constructor.name === 'UnexpectedArgsError' && args)
    return `${args.join(' ')}: this command takes ${takes.length === 0 ? 'flags' : `${takes.join(' and ').toUpperCase()} and flags`} only. ${help}`
  if (error.constructor.name === 'RequiredArgsError') return `${takes.join(' and ').toUpperCase()} must be given. ${help}`
  const missing = /^Flag (--[\w-]+) expects a value/.exec(error.message)
  return missing ? `${missing[1]} needs a value. ${help}` : undefined
}
