export {
  type Demo,
  type DemoAction,
  type DemoTools,
  defineConfig,
  type MovableClock,
  type NyuziConfig,
  type OpenDemo,
} from './composition/settings.ts'
