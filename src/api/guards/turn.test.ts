import { expect, it } from 'vitest'
import { Turn } from './turn.js'

it('lets a timer end work whose steps never wait', async () => {
  const controller = new AbortController()
  const turn = new Turn(controller.signal)
  setTimeout(() => controller.abort(new Error('late')), 10)
  const work = async () => {
    for (;;) await turn.take()
  }
  await expect(work()).rejects.toThrow('late')
})
