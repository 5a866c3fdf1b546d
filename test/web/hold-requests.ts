/** How does a page look while its server is slow? What it asks is held until the gate is open. */
import type { Page } from 'playwright-core'
import { Gate } from '../../src/browser/testkit/gate.js'

/** Of the addresses that end so. */
export async function holdRequests(page: Page, path: string): Promise<Gate> {
  const gate = new Gate()
  gate.close()
  await page.route(`**${path}`, async (route) => {
    await gate.passed
    await route.continue()
  })
  return gate
}
