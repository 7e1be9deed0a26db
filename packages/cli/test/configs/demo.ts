import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { defineConfig } from '@nyuzi/server'

/** A demo that only a server would open: the command works on what one left behind. */
export default defineConfig({
  plugins: [mikrotik],
  demo: {
    open: async () => {
      throw new Error('a command opened the demo')
    },
  },
})
