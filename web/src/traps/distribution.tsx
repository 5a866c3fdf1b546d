/** How are counts spread over a few names? A table with bars. */
import { formatCount } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'

export function Distribution({ title, entries }: { title: string; entries: readonly (readonly [string, number])[] }) {
  const most = Math.max(...entries.map(([, count]) => count))
  return (
    <table class="data-table distribution">
      <caption>{title}</caption>
      <tbody>
        {entries.map(([name, count]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="is-number">{formatCount(count)}</td>
            <td class="distribution-bar">
              <ShareBar value={count} most={most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
