import { type Api, ApiProblem, createApi, type WithId } from './api.ts'
import { type PlanCode, plans, toPlanIn } from './plans.ts'
import { routerNames, shortcode, type World } from './world.ts'

/** The made-up ISP's office: books, branches, plugins and plans, made through the API. */
export type Office = {
  readonly api: Api
  readonly organisation: string
  readonly branches: Readonly<Record<'NRW' | 'KSM', string>>
  readonly plans: Readonly<Record<PlanCode, string>>
  readonly installations: { readonly paybill: string; readonly sms: string; readonly routers: readonly string[] }
}

type Opened = { readonly organisation: WithId; readonly branch: WithId; readonly apiKey: { readonly key: string } }
type Installed = WithId & { readonly callbacks: readonly { readonly channel: string; readonly url: string }[] | null }

export async function furnish(operator: Api, apiUrl: string, world: World, since: string): Promise<Office> {
  const opened = await openBooks(operator)
  const api = createApi(apiUrl, opened.apiKey.key)
  const kisumu = await api.post<WithId>('/v1/branches', { code: 'KSM', name: 'Kisumu' })
  const branches = { NRW: opened.branch.id, KSM: kisumu.id }

  const paybill = await api.post<Installed>('/v1/installations', {
    plugin: 'mpesa',
    name: `Paybill ${shortcode}`,
    settings: world.daraja.settings(shortcode),
  })
  await api.post(`/v1/installations/${paybill.id}/register-callbacks`)
  const gateway = await api.post<Installed>('/v1/installations', {
    plugin: 'sms',
    name: 'Text messages',
    settings: world.gatewaySettings(),
  })
  listenForReports(world, gateway)
  const routers: string[] = []
  for (const [index, name] of routerNames.entries()) {
    const branch = index === 0 ? branches.NRW : branches.KSM
    routers.push(
      (await api.post<WithId>('/v1/installations', { plugin: 'mikrotik', name, branch, settings: world.routerSettings(index) })).id,
    )
  }

  const sold: Partial<Record<PlanCode, string>> = {}
  for (const code of Object.keys(plans) as PlanCode[]) sold[code] = (await api.post<WithId>('/v1/plans', toPlanIn(code, since))).id
  return {
    api,
    organisation: opened.organisation.id,
    branches,
    plans: sold as Record<PlanCode, string>,
    installations: { paybill: paybill.id, sms: gateway.id, routers },
  }
}

/** A demo that was interrupted while it was made up keeps its name in the books; the next one takes another. */
async function openBooks(operator: Api): Promise<Opened> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operator.post<Opened>('/v1/organisations', {
        slug: attempt === 1 ? 'savanna-fibre' : `savanna-fibre-${attempt}`,
        name: 'Savanna Fibre',
        country: 'KE',
        currency: 'KES',
        timeZone: 'Africa/Nairobi',
        policy: { invoiceLeadDays: 7, payTo: `Paybill ${shortcode}` },
        branch: { code: 'NRW', name: 'Nairobi West' },
      })
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'slug_taken' || attempt === 20) throw error
    }
  }
}

/** After a restart the simulators know no addresses, and may stand on other ports than the installations say. */
export async function reconnect(api: Api, installations: Office['installations'], world: World, moved: boolean): Promise<void> {
  if (moved) {
    await api.patch(`/v1/installations/${installations.paybill}`, { settings: { baseUrl: world.daraja.baseUrl } })
    await api.patch(`/v1/installations/${installations.sms}`, { settings: { baseUrl: world.gateway.url } })
    for (const [index, id] of installations.routers.entries()) {
      await api.patch(`/v1/installations/${id}`, { settings: { port: world.routers[index]?.port } })
    }
  }
  await api.post(`/v1/installations/${installations.paybill}/register-callbacks`)
  listenForReports(world, await api.get<Installed>(`/v1/installations/${installations.sms}`))
}

function listenForReports(world: World, gateway: Installed): void {
  world.gateway.behaviour.reportUrl = gateway.callbacks?.find(({ channel }) => channel === 'delivery')?.url
}
