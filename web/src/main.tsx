/** Where does the page start? */
import { render } from 'preact'
import { SearchPage } from './search-page.tsx'
import './styles/base.css'
import './styles/controls.css'
import './styles/results.css'
import './styles/reader.css'

const root = document.getElementById('app')
if (root) render(<SearchPage />, root)
