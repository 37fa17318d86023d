import { memory } from '@callboard/core'
import { describeJournal } from '@callboard/testing'

describeJournal('memory()', async (clock) => ({ journal: memory({ clock }) }))
