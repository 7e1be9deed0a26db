/** `automatic`: a debt past its grace cuts its line off. `approved`: the line stays on until a person approved it. */
export const cutOffModes = ['automatic', 'approved'] as const
export type CutOffMode = (typeof cutOffModes)[number]
