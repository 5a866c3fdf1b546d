/** Where does the frame of the search page start? */
import { startSite } from '../shell/start-site.tsx'
import { SearchPage } from './search-page.tsx'

startSite('/', SearchPage)
