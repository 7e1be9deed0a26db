/** A4, upright. */
export const paper = { width: 595.28, height: 841.89 } as const
export const margin = { left: 48, right: 48, top: 40, bottom: 36 } as const
export const left = margin.left
export const right = paper.width - margin.right
export const contentWidth = right - left
