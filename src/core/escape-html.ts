/** How does text that may hold anything become part of an HTML page? */

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Controls, and the characters that reorder or hide text.
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text for an element or a quoted attribute: nothing in it is markup, and what is hidden is shown. */
export function escapeHtml(text: string): string {
  const visible = text.replace(hidden, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
  return visible.replace(/[&<>"']/g, (character) => escapes[character])
}

/** Text with parts marked; parts are in order and apart. */
export function markHtml(text: string, parts: readonly (readonly [number, number])[]): string {
  let html = ''
  let at = 0
  for (const [start, end] of parts) {
    html += `${escapeHtml(text.slice(at, start))}<mark>${escapeHtml(text.slice(start, end))}</mark>`
    at = end
  }
  return html + escapeHtml(text.slice(at))
}
