//! Which heads of a group are a symbol's, and which symbol is a head?

use super::group::Group;
use super::kernel::Kernel;
use super::mask::Mask;

/// Sets `heads` to the heads that are the symbol at `place`, for the first `rows` rows at least.
///
/// # Safety
/// As for [`Kernel::word`].
#[inline(always)]
pub(super) unsafe fn mark_heads<K: Kernel>(kernel: K, group: &Group, place: usize, rows: usize, heads: &mut Mask) {
    // SAFETY: the caller's promise.
    unsafe {
        if !group.header.shares_code || place > 1 {
            return mark_code(kernel, group, place, rows, heads);
        }
        match_level(kernel, group, 0, 0, rows, heads);
        if place == 0 {
            heads.split_pairs(|first, _| first);
        } else {
            let mut unshared = Mask::new();
            mark_code(kernel, group, 1, rows, &mut unshared);
            heads.split_pairs(|_, second| second);
            heads.add(&unshared);
        }
    }
}

/// Sets `heads` to the heads coded as `place`, for the first `rows` rows at least.
#[inline(always)]
unsafe fn mark_code<K: Kernel>(kernel: K, group: &Group, place: usize, rows: usize, heads: &mut Mask) {
    // SAFETY: the caller's promise.
    unsafe {
        if group.is_last(0) || place < group.own_places(0) {
            return match_level(kernel, group, 0, place, rows, heads);
        }
        let place = place - group.own_places(0);
        let mut escaped = Mask::new();
        if group.is_last(1) || place < group.own_places(1) {
            match_level(kernel, group, 1, place, rows, &mut escaped);
        } else {
            let mut escaped_twice = Mask::new();
            match_level(kernel, group, 2, place - group.own_places(1), rows, &mut escaped_twice);
            match_level(kernel, group, 1, group.own_places(1), rows, &mut escaped);
            escaped.keep_marked(kernel, &escaped_twice);
        }
        match_level(kernel, group, 0, group.own_places(0), rows, heads);
        heads.keep_marked(kernel, &escaped);
    }
}

/// Sets `mask` to the heads of `level` coded `code`, for the first `heads` at least. Bits past the last are undefined.
#[inline(always)]
unsafe fn match_level<K: Kernel>(kernel: K, group: &Group, level: usize, code: usize, heads: usize, mask: &mut Mask) {
    let (width, stride) = (group.header.widths[level] as usize, group.plane_bytes(level));
    let first = group.planes[level];
    let words = group.header.head_counts[level].min(heads).div_ceil(64);
    let differs = |plane: usize| (code as u64 >> plane & 1).wrapping_sub(1);
    // Without a branch on the width, which is hard to foresee: a plane that is not there reads the first one, and
    // counts as equal.
    let at: [usize; 4] = std::array::from_fn(|plane| first + if plane < width { plane * stride } else { 0 });
    let flip: [u64; 4] = std::array::from_fn(differs);
    let ignored: [u64; 4] = std::array::from_fn(|plane| if plane < width { 0 } else { u64::MAX });
    let mut index = 0;
    while index < words {
        let mut equal = [u64::MAX; 4];
        for plane in 0..4 {
            for (lane, equal) in equal.iter_mut().enumerate() {
                // SAFETY: a plane's words end at most 31 bytes past it, and the run starts follow.
                let bits = unsafe { kernel.word(group, at[plane] + 8 * (index + lane)) };
                *equal &= bits ^ flip[plane] | ignored[plane];
            }
        }
        for plane in 4..width {
            for (lane, equal) in equal.iter_mut().enumerate() {
                // SAFETY: as above.
                let bits = unsafe { kernel.word(group, first + plane * stride + 8 * (index + lane)) };
                *equal &= bits ^ differs(plane);
            }
        }
        mask.set_four(index, equal);
        index += 4;
    }
    mask.set_len(index);
}

/// The place of the symbol of `head`.
///
/// # Safety
/// As for [`Kernel::word`].
#[inline(always)]
pub(super) unsafe fn place_of_head<K: Kernel>(kernel: K, group: &Group, mut head: usize) -> usize {
    let (mut places, mut marks) = (0, Mask::new());
    for level in 0..group.header.widths.len() {
        let code = group.code_at(level, head);
        if level == 0 && code == 0 && group.header.shares_code {
            // SAFETY: the caller's promise.
            unsafe { match_level(kernel, group, 0, 0, head + 1, &mut marks) };
            marks.split_pairs(|_, second| second);
            return (marks.bits_from(head) & 1) as usize;
        }
        if group.is_last(level) || code < group.own_places(level) {
            return places + code;
        }
        places += code;
        // SAFETY: the caller's promise.
        unsafe { match_level(kernel, group, level, code, head + 1, &mut marks) };
        head = marks.count_before(head);
    }
    places
}
