/** Which fields of a public benchmark hold the question, the answer and the item's name? */
import { isRecord } from './benchmark-rows.js'

type Fields = Readonly<Record<string, unknown>>

/** How the rows of a family of benchmarks are laid out. */
export interface Layout {
  readonly name: string
  /** Fields that tell it from the others. */
  readonly needs: readonly string[]
  /** The field that is looked for. */
  readonly text: string
  readonly answer?: string
  readonly id?: string
  readonly subtask?: string
  /** Number of the first choice where an answer is a number: 0 unless said. */
  readonly firstChoice?: 0 | 1
  /** Fields of the choices, one each, where they are not in a list. */
  readonly choices?: readonly string[]
}

/**
 * As published on the usual hubs; the first one whose fields a file has is taken, the most particular first. A reading task is
 * looked for by its passage, all else by its question, as the paper does.
 */
export const layouts: readonly Layout[] = [
  { name: 'squad', needs: ['context', 'question', 'answers'], text: 'context', answer: 'answers', id: 'id' },
  { name: 'coqa', needs: ['story', 'questions'], text: 'story', id: 'id', subtask: 'source' },
  {
    name: 'social-iqa',
    needs: ['context', 'question', 'answerA', 'answerB', 'answerC'],
    text: 'context',
    answer: 'label',
    choices: ['answerA', 'answerB', 'answerC'],
    firstChoice: 1,
  },
  {
    name: 'gpqa',
    needs: ['Question', 'Correct Answer'],
    text: 'Question',
    answer: 'Correct Answer',
    id: 'Record ID',
    subtask: 'Subdomain',
  },
  {
    name: 'truthfulqa',
    needs: ['Question', 'Best Answer'],
    text: 'Question',
    answer: 'Best Answer',
    subtask: 'Category',
  },
  { name: 'svamp', needs: ['Body', 'Question'], text: 'Body', answer: 'Answer', id: 'ID' },
  { name: 'aime', needs: ['Problem', 'Answer'], text: 'Problem', answer: 'Answer', id: 'ID' },
  { name: 'math', needs: ['problem'], text: 'problem', answer: 'answer', id: 'unique_id', subtask: 'subject' },
  {
    name: 'humaneval',
    needs: ['prompt', 'canonical_solution'],
    text: 'prompt',
    answer: 'canonical_solution',
    id: 'task_id',
  },
  { name: 'mbpp', needs: ['text', 'code'], text: 'text', answer: 'code', id: 'task_id' },
  { name: 'mbpp-sanitized', needs: ['prompt', 'code'], text: 'prompt', answer: 'code', id: 'task_id' },
  { name: 'ifeval', needs: ['prompt', 'key'], text: 'prompt', id: 'key' },
  { name: 'hellaswag', needs: ['ctx', 'endings'], text: 'ctx', answer: 'label', id: 'ind', subtask: 'activity_label' },
  {
    name: 'winogrande',
    needs: ['sentence', 'option1', 'option2'],
    text: 'sentence',
    answer: 'answer',
    id: 'qID',
    choices: ['option1', 'option2'],
    firstChoice: 1,
  },
  { name: 'openbookqa', needs: ['question_stem'], text: 'question_stem', answer: 'answerKey', id: 'id' },
  { name: 'arc', needs: ['question', 'answerKey'], text: 'question', answer: 'answerKey', id: 'id' },
  { name: 'mmlu', needs: ['question', 'choices', 'subject'], text: 'question', answer: 'answer', subtask: 'subject' },
  {
    name: 'mmlu-pro',
    needs: ['question', 'options', 'question_id'],
    text: 'question',
    answer: 'answer',
    id: 'question_id',
    subtask: 'category',
  },
  { name: 'agieval', needs: ['question', 'options', 'label'], text: 'question', answer: 'label' },
  { name: 'mgsm', needs: ['question', 'answer_number'], text: 'question', answer: 'answer_number' },
  { name: 'livecodebench', needs: ['question_content'], text: 'question_content', id: 'question_id' },
  {
    name: 'swe-bench',
    needs: ['problem_statement', 'instance_id'],
    text: 'problem_statement',
    answer: 'patch',
    id: 'instance_id',
    subtask: 'repo',
  },
  { name: 'big-bench-hard', needs: ['input', 'target'], text: 'input', answer: 'target' },
  { name: 'question', needs: ['question'], text: 'question', answer: 'answer', id: 'id', subtask: 'subtask' },
]

/** The layout of a file with a field of the user's choosing, and nothing known of the others. */
export function plainLayout(text: string): Layout {
  return { name: 'question', needs: [text], text, answer: 'answer', id: 'id', subtask: 'subtask' }
}

/** The first layout whose fields are there; null for none. */
export function detectLayout(fields: Fields): Layout | null {
  return layouts.find(({ needs }) => needs.every((name) => Object.hasOwn(fields, name))) ?? null
}

/** The correct answer in words: a letter or a number is looked up among the choices. Null when there is none. */
export function readAnswer(fields: Fields, layout: Layout): string | null {
  const value = layout.answer === undefined ? undefined : fields[layout.answer]
  const plain = readPlainAnswer(value)
  if (plain === null) return null
  const choices = listChoices(fields, layout)
  if (choices.length === 0) return plain
  const labelled = choices.find(({ label }) => label === plain)
  if (labelled) return labelled.text
  const number = /^\d+$/.test(plain) ? Number(plain) - (layout.firstChoice ?? 0) : -1
  return choices[number]?.text ?? plain
}

function readPlainAnswer(value: unknown): string | null {
  if (typeof value === 'string') return lastLineAnswer(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return readPlainAnswer(value[0])
  if (isRecord(value)) return readPlainAnswer(value.text ?? value.input_text)
  return null
}

/** Worked solutions, as of GSM8K, end with `#### answer`. */
function lastLineAnswer(text: string): string {
  return /(?:^|\n)#### (.+)\s*$/.exec(text)?.[1].trim() ?? text
}

interface Choice {
  readonly label: string
  readonly text: string
}

function listChoices(fields: Fields, { choices }: Layout): Choice[] {
  if (choices) return choices.map((name, at) => ({ label: letter(at), text: String(fields[name] ?? '') }))
  const held = fields.choices ?? fields.options ?? fields.endings
  if (Array.isArray(held)) return held.map((choice, at) => readChoice(choice, at))
  if (!isRecord(held)) return []
  const { text, label } = held
  if (Array.isArray(text)) {
    return text.map((choice, at) => ({
      label: String(Array.isArray(label) ? label[at] : letter(at)),
      text: String(choice),
    }))
  }
  return Object.entries(held).map(([name, choice]) => ({ label: name, text: String(choice) }))
}

function readChoice(choice: unknown, at: number): Choice {
  if (!isRecord(choice)) return { label: letter(at), text: String(choice) }
  return { label: String(choice.label ?? letter(at)), text: String(choice.text ?? '') }
}

function letter(at: number): string {
  return String.fromCharCode(0x41 + at)
}
