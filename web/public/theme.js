// Before the first paint, so that a page in dark does not flash in light.
const theme = localStorage.getItem('omnigram.theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
