/** Under which name does the list of contamination reports lie in a static site? Who writes and who reads it agree here. */
export const reportListName = 'reports.json'
