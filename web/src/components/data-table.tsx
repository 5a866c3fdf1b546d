/** How is a table shown that can be sorted by its columns? */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { type Sorting, sortRows } from './sort-rows.ts'

export interface Column<Row> {
  readonly key: string
  readonly label: string
  readonly isNumber?: boolean
  readonly show: (row: Row) => ComponentChildren
  /** By what rows are sorted; without it the column cannot be. */
  readonly sortValue?: (row: Row) => number | string
}

interface DataTableProps<Row> {
  /** What the table is about, for those who do not see it. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** The first column names its row. */
  readonly sorting?: Sorting
  /** Told of a new order, for the address; without it the table keeps the order itself. */
  readonly onSort?: (sorting: Sorting) => void
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, onSort } = props
  const [own, setOwn] = useState<Sorting | null>(null)
  const sorting = onSort ? (props.sorting ?? null) : (own ?? props.sorting ?? null)
  const sortValue = columns.find(({ key }) => key === sorting?.key)?.sortValue
  const sorted = sorting && sortValue ? sortRows(rows, sortValue, sorting.isDescending) : rows
  const sort = (column: Column<Row>) => {
    const isSame = sorting?.key === column.key
    const next = { key: column.key, isDescending: isSame ? !sorting.isDescending : column.isNumber === true }
    if (onSort) onSort(next)
    else setOwn(next)
  }
  return (
    <div class="table-scroll">
      <table class="data-table">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} sorting={sorting} sort={() => sort(column)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, at) =>
                at === 0 ? (
                  <th key={column.key} scope="row">
                    {column.show(row)}
                  </th>
                ) : (
                  <td key={column.key} class={column.isNumber ? 'is-number' : undefined}>
                    {column.show(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  readonly sorting: Sorting | null
  readonly sort: () => void
}

function HeadCell<Row>({ column, sorting, sort }: HeadCellProps<Row>) {
  const isSorted = sorting?.key === column.key
  const order = isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : undefined
  return (
    <th scope="col" class={column.isNumber ? 'is-number' : undefined} aria-sort={order}>
      {column.sortValue ? (
        <button type="button" class="sort" onClick={sort}>
          {column.label}
          {isSorted && <span aria-hidden="true">{sorting.isDescending ? '↓' : '↑'}</span>}
        </button>
      ) : (
        column.label
      )}
    </th>
  )
}
