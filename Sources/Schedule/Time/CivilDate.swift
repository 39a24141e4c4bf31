/// A date of the proleptic Gregorian calendar, and its distance in days from 1970-01-01: integer arithmetic only, because every
/// post needs it and a calendar object costs a thousand times as much.
///
/// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years start in March, eras of 400 years have 146,097 days.
struct CivilDate: Equatable {
  var year: Int
  var month: Int
  var day: Int

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date `days` after 1970-01-01.
  init(days: Int) {
    let shifted = days + 719_468  // from 0000-03-01
    let era = flooredQuotient(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var days: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = flooredQuotient(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// How many days `month` (1...12) of `year` has.
  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The weekday of the day `days` after 1970-01-01: 0 is Sunday.
  static func weekday(days: Int) -> Int {
    let sum = days + 4  // 1970-01-01 was a Thursday
    return sum - flooredQuotient(sum, 7) * 7
  }
}

/// `value / divisor`, rounded down where Swift rounds towards zero; `divisor` is positive.
func flooredQuotient<Value: FixedWidthInteger & SignedInteger>(_ value: Value, _ divisor: Value) -> Value {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? quotient - 1 : quotient
}
