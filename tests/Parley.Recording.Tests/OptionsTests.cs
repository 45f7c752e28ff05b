using System.Text.RegularExpressions;
using Parley.Recording.Tests.Support;

namespace Parley.Recording.Tests;

/// <summary>Settings and their documentation.</summary>
public sealed partial class OptionsTests
{
    public static TheoryData<Action<RecordingOptions>, string> Invalid => new()
    {
        { static options => options.Folder = " ", "Recording:Folder" },
        { static options => options.Format = (RecordingFormat)7, "Recording:Format" },
        { static options => options.OpusBitrate = 1, "OpusBitrate" },
        { static options => options.Retention = TimeSpan.FromMinutes(1), "Retention" },
        { static options => options.MaxFolderBytes = 1, "MaxFolderBytes" },
        { static options => options.AnnouncementAudio = "none.wav", "Recording:AnnouncementAudio" },
        { static options => options.Redact.Patterns.Add("(?<=a)b"), "Recording:Redact:Patterns" },
        { static options => options.Redact.Patterns.Add("("), "Recording:Redact:Patterns" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Invalid_values_are_named(Action<RecordingOptions> change, string expected)
    {
        var options = new RecordingOptions { Folder = "calls" };
        change(options);

        var result = new RecordingOptionsValidator().Validate(null, options);

        Assert.Contains(expected, result.FailureMessage, StringComparison.Ordinal);
        Assert.True(new RecordingOptionsValidator().Validate(null, new RecordingOptions { Folder = "calls" }).Succeeded);
    }

    [Fact]
    public void Every_setting_is_documented()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Parley.slnx")))
            folder = folder.Parent;
        var page = File.ReadAllText(Path.Combine(folder.FullName, "docs", "configuration.md"));
        var section = page[page.IndexOf("## Recording:", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 5, StringComparison.Ordinal)];

        var documented = Setting().Matches(section).Select(static match => match.Groups[1].Value.Replace(":0", "", StringComparison.Ordinal));
        var options = typeof(RecordingOptions).GetProperties().Where(static property => property.Name != "Redact").Select(static property => property.Name)
            .Concat(typeof(RecordingRedactionOptions).GetProperties().Select(static property => "Redact:" + property.Name));

        Assert.Equal(options.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_stops_the_start()
    {
        var file = Path.GetTempFileName();
        try
        {
            await Assert.ThrowsAsync<IOException>(() => RecordingHost.StartAsync(options => options.Folder = Path.Combine(file, "calls")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"^\| `([\w:]+)`", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
