namespace StreamEngine.Settings.Hocon;

/// <summary>A stretch of the calendar, whose length depends on where it begins.</summary>
/// <param name="Years">Whole years.</param>
/// <param name="Months">Whole months.</param>
/// <param name="Days">Whole days.</param>
internal readonly record struct HoconPeriod(int Years, int Months, int Days);
