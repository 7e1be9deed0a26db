import type { Finding } from '@nyuzi/server/operations'
import { Flags } from '@oclif/core'
import { OperationsCommand } from '../operations-command.ts'

export class Doctor extends OperationsCommand {
  static override readonly summary = 'Look at everything the server needs, and say what to do'
  static override readonly description =
    'Node, config, settings, database, keys, every installation with the box behind it, and the schedules. Changes nothing. Ends with 1 when something fails; a warning does not.'
  static override readonly examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json']
  static override readonly flags = { json: Flags.boolean({ description: 'Answer as JSON' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    const findings = await this.withOperations((operations) => operations.doctor())
    const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
    const counts = { ok: count('ok'), warn: count('warn'), fail: count('fail') }
    if (flags.json) this.log(JSON.stringify({ findings, counts }, null, 2))
    else {
      for (const finding of findings) this.log(show(finding))
      this.log(`\n${counts.ok} ok, ${counts.warn} to look at, ${counts.fail} failed`)
    }
    if (counts.fail > 0) this.exit(1)
  }
}

const show = ({ level, subject, message, fix }: Finding): string =>
  `${level.padEnd(4)}  ${subject}: ${message}${fix ? `\n      → ${fix}` : ''}`
