/** Where does the frame of the bulletin start? */
import { startSite } from '../shell/start-site.tsx'
import { BulletinPage } from './bulletin-page.tsx'

startSite('/bulletin', BulletinPage)
