using System.Globalization;
using System.Xml;

namespace Parley.Testing.Conformance.Reports;

/// <summary>A report for build servers: a suite for each area, a test for each check. Differences are no failures.</summary>
internal static class JUnitReport
{
    internal static void Write(ConformanceReport report, TextWriter writer)
    {
        using (var xml = XmlWriter.Create(writer, new XmlWriterSettings { Indent = true, CheckCharacters = false, CloseOutput = false }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", report.Target);
            WriteCounts(xml, report.Results);
            foreach (var area in report.Results.GroupBy(static result => result.Check.Area))
            {
                xml.WriteStartElement("testsuite");
                xml.WriteAttributeString("name", area.Key);
                WriteCounts(xml, [.. area]);
                foreach (var result in area)
                    WriteTest(xml, result);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        writer.WriteLine();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyCollection<ConformanceResult> results)
    {
        xml.WriteAttributeString("tests", Number(results.Count));
        xml.WriteAttributeString("failures", Number(results.Count(IsFailure)));
        xml.WriteAttributeString("skipped", Number(results.Count(static result => result.Outcome != ConformanceOutcome.Passed && !IsFailure(result))));
        xml.WriteAttributeString("time", Seconds(results.Sum(static result => result.Duration.TotalSeconds)));
    }

    private static void WriteTest(XmlWriter xml, ConformanceResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", result.Check.Area);
        xml.WriteAttributeString("name", $"{result.Check.Id}: {result.Check.Description}");
        xml.WriteAttributeString("time", Seconds(result.Duration.TotalSeconds));
        if (IsFailure(result))
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", result.Message);
            xml.WriteString($"{string.Join('\n', result.Frames)}\n{result.Check.Source}");
            xml.WriteEndElement();
        }
        else if (result.Outcome != ConformanceOutcome.Passed)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", result.Outcome == ConformanceOutcome.Failed ? $"differs: {result.Message}" : result.Message);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static bool IsFailure(ConformanceResult result) => result is { Outcome: ConformanceOutcome.Failed, Check.Severity: ConformanceSeverity.Must };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);
}
