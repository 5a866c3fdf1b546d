/** Where does the frame of the page of drafts start? */
import { startSite } from '../shell/start-site.tsx'
import { DraftsPage } from './drafts-page.tsx'

startSite('/drafts', DraftsPage)
