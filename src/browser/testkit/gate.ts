/** How does a test keep a host from answering until it is told to? */

/** Open until it is closed. */
export class Gate {
  passed: Promise<void> = Promise.resolve()
  open: () => void = () => {}

  close(): void {
    this.passed = new Promise((resolve) => {
      this.open = resolve
    })
  }
}
