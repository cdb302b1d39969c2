using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flights;

/// <summary>How records are written as JSON; made when the program is built, so that a start needs no reflection.</summary>
[JsonSerializable(typeof(Flight))]
[JsonSerializable(typeof(AirportDay))]
[JsonSerializable(typeof(DateOnly))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
public sealed partial class FlightsJson : JsonSerializerContext;
