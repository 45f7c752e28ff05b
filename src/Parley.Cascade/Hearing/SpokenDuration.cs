using System.Globalization;
using Parley.Protocol;

namespace Parley.Cascade.Hearing;

/// <summary>Stands in for a recogniser: says how long the user spoke.</summary>
internal static class SpokenDuration
{
    internal static string Describe(long samples) =>
        string.Create(CultureInfo.InvariantCulture, $"[{(double)samples / AudioFormat.InputRateHz:0.0} seconds of speech]");
}
