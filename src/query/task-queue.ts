/** Which task comes next? First in, first out, with a way to step out of the line. */

/** All operations are O(1): a set keeps the order of insertion. */
export class TaskQueue<Task> {
  readonly #tasks = new Set<Task>()

  get size(): number {
    return this.#tasks.size
  }

  push(task: Task): void {
    this.#tasks.add(task)
  }

  shift(): Task | undefined {
    for (const task of this.#tasks) {
      this.#tasks.delete(task)
      return task
    }
    return undefined
  }

  /** Whether the task was waiting. */
  remove(task: Task): boolean {
    return this.#tasks.delete(task)
  }
}
