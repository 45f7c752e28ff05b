using System.Xml.Linq;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Arrows between the projects point one way (README, "What is where").</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Parley.Protocol"] = [],
        ["Parley.Audio"] = [],
        ["Parley.Conversation"] = ["Parley.Protocol"],
        ["Parley.Speech.Worker"] = [],
        ["Parley.Speech"] = ["Parley.Audio", "Parley.Speech.Worker"],
        ["Parley.Server"] = ["Parley.Conversation", "Parley.Protocol", "Parley.Speech"],
        ["Parley.Client"] = ["Parley.Audio", "Parley.Protocol"],
        ["Parley.Extensions.AI"] = ["Parley.Client"],
        ["Parley.Cli"] = ["Parley.Client", "Parley.Server"],
    };

    public static TheoryData<string> Projects => new(Directory.EnumerateDirectories(Repository.Find("src")).Select(folder => Path.GetFileName(folder)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_below_it(string project)
    {
        var file = XDocument.Load(Repository.Find("src", project, project + ".csproj"));

        var references = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.True(Allowed.ContainsKey(project), $"{project} is new: say here what it may refer to.");
        Assert.Equal(Allowed[project], references.Order());
    }

    [Fact]
    public void The_wire_the_conversation_and_the_voice_need_no_web_framework()
    {
        foreach (var project in (string[])["Parley.Protocol", "Parley.Audio", "Parley.Conversation", "Parley.Speech", "Parley.Client", "Parley.Extensions.AI"])
            Assert.DoesNotContain("AspNetCore", File.ReadAllText(Repository.Find("src", project, project + ".csproj")), StringComparison.Ordinal);
    }
}
