import type { Endpoint } from './endpoint.ts'
import type { ApiParts } from './parts.ts'
import { organisationRoutes } from './routes/organisations.ts'

/** Every route of the API, with who may use it. Tests walk it; what is not in it does not exist. */
export const routeTable = (parts: ApiParts): readonly Endpoint[] => [...organisationRoutes(parts)]
