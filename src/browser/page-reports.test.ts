import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatReportList } from '../api/contamination/report-list.js'
import { summariseReport } from '../api/contamination/report-summary.js'
import { defaultOptions } from '../contamination/contamination-options.js'
import { formatReport } from '../contamination/report.js'
import { runContamination } from '../contamination/run-contamination.js'
import { PageReports } from './page-reports.js'
import { prepareHostedFolder } from './testkit/hosted-folder.js'

const hosted = prepareHostedFolder()
const { signal } = new AbortController()

/** A folder of reports with that list and that report. */
async function place(name: string, list: string, report: string): Promise<PageReports> {
  await mkdir(join(hosted.path, name), { recursive: true })
  await writeFile(join(hosted.path, name, 'reports.json'), list)
  await writeFile(join(hosted.path, name, 'one.json'), report)
  const reports = new PageReports()
  reports.place(`${hosted.address}/${name}/`)
  return reports
}

it('reads the list and its reports, and says what is damaged in either', async () => {
  const report = await runContamination([], [], { ...defaultOptions, date: '2026-02-03', programVersion: '0.0.0' })
  const listed = { id: 'one', table: 'core', publishedMs: null, summary: summariseReport(report) } as const
  const whole = await place('whole', formatReportList([listed]), formatReport(report))
  await whole.load('one', signal)
  expect(whole.listReports('core')).toEqual([listed])
  expect(whole.openReport('one')).toEqual(report)

  const damaged: readonly [string, string, string][] = [
    ['no-json', '[', 'reports.json is not JSON'],
    ['no-list', '{}', 'reports.json: the list'],
    ['no-summary', JSON.stringify([{ ...listed, summary: { ...listed.summary, cells: null } }]), '0.summary.cells'],
    ['no-id', JSON.stringify([{ ...listed, id: '../x' }]), '0.id'],
  ]
  for (const [name, list, field] of damaged) {
    const reports = await place(name, list, '')
    const told = { code: 'bad-report', message: expect.stringContaining(field) }
    await expect(reports.load(null, signal)).rejects.toMatchObject(told)
  }

  const cut = await place('cut', formatReportList([listed]), formatReport(report).slice(0, 40))
  await cut.load(null, signal)
  const told = { code: 'bad-report', message: expect.stringContaining('one.json is not JSON') }
  await expect(cut.load('one', signal)).rejects.toMatchObject(told)
  const other = await place('other', formatReportList([listed]), '{"format":"omnigram-contamination-report"}')
  await expect(other.load('one', signal)).rejects.toMatchObject({ code: 'bad-report' })
})
