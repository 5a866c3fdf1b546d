/** Are the packages of package-lock.json installed? */
import { existsSync, readFileSync } from 'node:fs'
import { exitCodes } from './failure.mjs'
import { root } from './paths.mjs'

const lockPath = `${root}/package-lock.json`
/** npm's own record of what it put into node_modules. */
const installedPath = `${root}/node_modules/.package-lock.json`

export const packagesStep = {
  name: 'packages',
  sources: () => ({ roots: [lockPath, installedPath] }),
  isBuilt: () => existsSync(installedPath),

  async build() {
    if (isInstalled()) return
    const { runStep } = await import('./run-step.mjs')
    // Unlike `npm ci`, this also installs where the lock lacks the optional packages of a platform. Nothing of what we use
    // needs its install script; those of others are not run.
    const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
    await runStep('Installing the npm packages', 'npm', args, { exitCode: exitCodes.unavailable })
  },
}

/** Whether each package of the lock is installed in its version; optional ones may be for another platform. */
function isInstalled() {
  if (!existsSync(installedPath)) return false
  const wanted = JSON.parse(readFileSync(lockPath, 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true
    return installed[path] === undefined ? optional === true : installed[path].version === version
  })
}
