using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Faults.Tests;

/// <summary>The flights of the first days of January, about 16,000 a day: enough to be interrupted in, and soon through.</summary>
internal sealed class FirstDays : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FirstDays(int days)
    {
        Csv = folder.Combine("flights.csv");
        Answer.CopyCsv(HostProcess.January, Csv, string.Create(CultureInfo.InvariantCulture, $"departure < TIMESTAMP '2001-01-{days + 1:00}'"));
    }

    /// <summary>The file.</summary>
    public string Csv { get; }

    public void Dispose() => folder.Dispose();
}
