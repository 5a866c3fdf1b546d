//! What number do two bytes stand for? IEEE 754 binary16.

pub fn decode_half(low: u8, high: u8) -> f32 {
    let bits = u32::from(u16::from_le_bytes([low, high]));
    let (sign, exponent, mantissa) = (bits >> 15, (bits >> 10) & 31, bits & 1023);
    let magnitude = match exponent {
        0 => mantissa as f32 * 2f32.powi(-24),
        31 => f32::from_bits(0x7f80_0000 | (mantissa << 13)),
        _ => f32::from_bits(((exponent + 112) << 23) | (mantissa << 13)),
    };
    if sign == 1 { -magnitude } else { magnitude }
}

/// Of a number that a half can hold; what is too large becomes infinite, what is too fine is cut.
pub fn encode_half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let exponent = (bits >> 23) & 255;
    let magnitude = match exponent {
        0..=112 => (value.abs() * 2f32.powi(24)) as u16,
        113..=142 => (((exponent - 112) << 10) | ((bits >> 13) & 1023)) as u16,
        _ if value.is_nan() => 0x7e00,
        _ => 0x7c00,
    };
    sign | magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for bits in 0..=u16::MAX {
            let [low, high] = bits.to_le_bytes();
            let value = decode_half(low, high);
            if !value.is_nan() {
                assert_eq!(encode_half(value), bits);
            }
        }
        assert_eq!(encode_half(1e6), 0x7c00);
        assert_eq!(encode_half(f32::NAN) & 0x7fff, 0x7e00);
    }
}
