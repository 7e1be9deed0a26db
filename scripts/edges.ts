// Checks the import rule (.dependency-cruiser.mjs) over a tree, by default this one.
// The cruiser passes when it sees nothing at all, so the number of modules it saw has a floor.
import { cruise, format, type ICruiseResult, type IViolation } from 'dependency-cruiser'

/** Raise it as the house grows: a count below it means that sources were not seen, not that the house is tidy. */
export const modulesMin = 850
const rooms = ['packages', 'plugins', 'apps', 'bench']
// Named at run time, because the configuration has no types of its own.
const configuration = new URL('../.dependency-cruiser.mjs', import.meta.url).href

export async function checkEdges(baseDir: string): Promise<{ modules: number; violations: IViolation[]; output: ICruiseResult }> {
  const { forbidden, options } = (await import(configuration)).default
  const found = await cruise(
    rooms,
    { ...options, baseDir, validate: true, ruleSet: { forbidden, options } },
    options.enhancedResolveOptions,
  )
  const output = found.output as ICruiseResult
  const modules = output.modules.filter((module) => /\.tsx?$/.test(module.source)).length
  return { modules, violations: output.summary.violations, output }
}

if (process.argv[1] === import.meta.filename) {
  const { modules, violations, output } = await checkEdges(process.cwd())
  if (violations.length > 0) console.log((await format(output, { outputType: 'err' })).output)
  else console.log(`edges: ${modules} TypeScript modules keep the import rule.`)
  if (modules < modulesMin) console.error(`edges: only ${modules} modules were seen, fewer than ${modulesMin}.`)
  process.exitCode = violations.length > 0 || modules < modulesMin ? 1 : 0
}
