import { Table } from './table.ts'

const edits = ['print', 'add', 'set', 'remove', 'enable', 'disable', 'listen'] as const

/** The menus the stand-in has, with the properties it takes. */
export function createMenus() {
  return {
    secrets: new Table({
      path: '/ppp/secret',
      writable: ['name', 'password', 'service', 'profile', 'remote-address', 'local-address', 'caller-id', 'disabled', 'comment', 'routes'],
      key: 'name',
      noun: 'secret',
      verbs: edits,
    }),
    profiles: new Table({
      path: '/ppp/profile',
      writable: [
        'name',
        'local-address',
        'remote-address',
        'rate-limit',
        'only-one',
        'address-list',
        'session-timeout',
        'dns-server',
        'parent-queue',
        'comment',
      ],
      key: 'name',
      noun: 'profile',
      verbs: ['print', 'add', 'set', 'remove', 'listen'],
    }),
    sessions: new Table({ path: '/ppp/active', writable: [], noun: 'session', verbs: ['print', 'remove', 'listen'] }),
    lists: new Table({
      path: '/ip/firewall/address-list',
      writable: ['list', 'address', 'timeout', 'comment', 'disabled'],
      noun: 'entry',
      verbs: edits,
    }),
    filters: new Table({
      path: '/ip/firewall/filter',
      writable: ['chain', 'action', 'src-address-list', 'dst-address-list', 'protocol', 'dst-port', 'reject-with', 'comment', 'disabled'],
      noun: 'rule',
      verbs: edits,
    }),
    pools: new Table({ path: '/ip/pool', writable: ['name', 'ranges', 'next-pool', 'comment'], key: 'name', noun: 'pool', verbs: edits }),
  }
}

export type Menus = ReturnType<typeof createMenus>

/** What a router holds before anyone writes to it: the built-in profiles, a pool, and the operator's rule for suspended lines. */
export function furnish(menus: Menus): void {
  menus.profiles.insert({ name: 'default', default: 'true' })
  menus.profiles.insert({ name: 'default-encryption', default: 'true' })
  menus.pools.insert({ name: 'subscribers', ranges: '10.64.0.2-10.127.255.254' })
  menus.filters.insert({
    chain: 'forward',
    action: 'reject',
    'src-address-list': 'suspended',
    'dst-address-list': '!walled-garden',
    disabled: 'false',
  })
}
