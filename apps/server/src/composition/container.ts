import 'reflect-metadata' // tsyringe throws without it; this is the one file that knows tsyringe
import { type DependencyContainer, type InjectionToken, instanceCachingFactory, container as root } from 'tsyringe'

export type Container = DependencyContainer

/** A typed name of something to be built. A bare symbol constant would lose its type. */
export const token = <T>(name: string): InjectionToken<T> => Symbol.for(`@nyuzi/${name}`)

/** Registers how to build something once a container, when it is first asked for. */
export const provide = <T>(container: Container, key: InjectionToken<T>, build: (container: Container) => T): void => {
  container.register<T>(key, { useFactory: instanceCachingFactory(build) })
}

export const createContainer = (): Container => root.createChildContainer()
