//! Which pages of the memory of a module are free again? A module can't give memory back, so what a closed file leaves is
//! kept for the next ones.

/// Runs of pages, rising and apart from each other.
#[derive(Default)]
pub struct FreeRooms {
    rooms: Vec<Room>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    start: usize,
    pages: usize,
}

impl FreeRooms {
    /// No rooms.
    pub const fn new() -> Self {
        Self { rooms: Vec::new() }
    }

    /// The first of `pages` free pages in a row, which are no longer free; of the smallest room that has them. O(rooms).
    pub fn take(&mut self, pages: usize) -> Option<usize> {
        let fitting = self.rooms.iter().enumerate().filter(|(_, room)| room.pages >= pages);
        let (at, room) = fitting.min_by_key(|(_, room)| room.pages).map(|(at, room)| (at, *room))?;
        match room.pages - pages {
            0 => {
                self.rooms.remove(at);
            }
            rest => self.rooms[at] = Room { start: room.start + pages, pages: rest },
        }
        Some(room.start)
    }

    /// Makes `pages` pages from `start` on free, together with those beside them. O(rooms).
    pub fn put(&mut self, start: usize, pages: usize) {
        if pages == 0 {
            return;
        }
        let at = self.rooms.partition_point(|room| room.start < start);
        self.rooms.insert(at, Room { start, pages });
        self.join_next(at);
        if at > 0 {
            self.join_next(at - 1);
        }
    }

    fn join_next(&mut self, at: usize) {
        let room = self.rooms[at];
        if self.rooms.get(at + 1).is_some_and(|next| next.start == room.start + room.pages) {
            self.rooms[at].pages += self.rooms.remove(at + 1).pages;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_taken_again_in_the_smallest_room() {
        let mut free = FreeRooms::new();
        assert_eq!(free.take(1), None);
        free.put(10, 5);
        free.put(100, 3);
        assert_eq!(free.take(3), Some(100));
        assert_eq!(free.take(3), Some(10));
        assert_eq!(free.take(3), None);
        assert_eq!(free.take(2), Some(13));
        assert_eq!(free.take(1), None);
    }

    #[test]
    fn rooms_beside_each_other_are_one() {
        let mut free = FreeRooms::new();
        for (start, pages) in [(4, 2), (0, 2), (2, 2), (7, 1), (6, 1), (20, 0)] {
            free.put(start, pages);
        }
        assert_eq!(free.rooms, [Room { start: 0, pages: 8 }]);
        assert_eq!(free.take(8), Some(0));
        assert!(free.rooms.is_empty());
    }

    #[test]
    fn no_page_is_handed_out_twice() {
        let mut free = FreeRooms::new();
        free.put(0, 64);
        let (mut held, mut owners, mut state) = (Vec::new(), [false; 64], 1_u32);
        for _ in 0..2000 {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            let pages = (state >> 16) as usize % 7 + 1;
            if state >> 30 < 2 && !held.is_empty() {
                let (start, pages): (usize, usize) = held.swap_remove((state >> 8) as usize % held.len());
                owners[start..start + pages].fill(false);
                free.put(start, pages);
            } else if let Some(start) = free.take(pages) {
                assert!(owners[start..start + pages].iter().all(|owned| !owned));
                owners[start..start + pages].fill(true);
                held.push((start, pages));
            }
        }
        for (start, pages) in held {
            free.put(start, pages);
        }
        assert_eq!(free.rooms, [Room { start: 0, pages: 64 }]);
    }
}
