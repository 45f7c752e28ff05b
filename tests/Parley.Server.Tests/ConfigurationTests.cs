using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Assistant;
using Parley.Assistant.Llama;
using Parley.Cascade;
using Parley.Speech;

namespace Parley.Server.Tests;

/// <summary>Every option can be set in <c>appsettings.json</c>, stands in docs/configuration.md, and a mistake is named.</summary>
public sealed partial class ConfigurationTests
{
    private static readonly (string Section, Type Type)[] Sections =
    [
        ("Live", typeof(LiveApiOptions)), ("Relay", typeof(RelayOptions)), ("Cascade", typeof(CascadeOptions)),
        ("Speech", typeof(SpeechOptions)), ("ChatModel", typeof(ChatModelOptions)), (GgufOptions.SectionName, typeof(GgufOptions)),
    ];

    // Lists of texts are one setting.
    private static readonly HashSet<string> Strings = [.. Sections.SelectMany(static section => Documented(section.Type, section.Section))];

    public static TheoryData<string> Paths => new(Sections.SelectMany(static section => Leaves(section.Type, section.Section)).Select(static leaf => leaf.Path));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_option_is_read_from_the_settings_of_a_plain_application(string path)
    {
        var (section, type) = Sections.Last(candidate => path.StartsWith(candidate.Section + ":", StringComparison.Ordinal));
        var leaf = Leaves(type, section).Single(candidate => candidate.Path == path);
        var value = OtherThanDefault(leaf.Type);

        // Not a value that makes sense: only whether it arrives.
        await using var app = Build(Json(path, value), static services =>
        {
            foreach (var validator in services.Where(static s => s.ServiceType.IsGenericType && s.ServiceType.GetGenericTypeDefinition() == typeof(IValidateOptions<>)).ToList())
                services.Remove(validator);
        });

        var options = app.Services.GetRequiredService(typeof(IOptions<>).MakeGenericType(type));
        var read = Read(((IOptions<object>)options).Value, path[(section.Length + 1)..].Split(':'));
        Assert.Equal(value, Convert.ToString(read, CultureInfo.InvariantCulture), ignoreCase: true);
    }

    [Fact]
    public void Documentation_has_one_row_for_each_option_and_no_other()
    {
        var rows = DocumentedSettings(File.ReadAllText(RepositoryFile("docs", "configuration.md"))).ToList();
        var options = Sections.SelectMany(static section => Documented(section.Type, section.Section)).ToList();

        Assert.Equal([], options.Except(rows).Order());
        Assert.Equal([], rows.Except(options).Order());
        Assert.Equal([], rows.GroupBy(static row => row).Where(static same => same.Count() > 1).Select(static same => same.Key));
    }

    [Theory]
    [InlineData("""{"Live":{"ApiKeyz":["a"]}}""", "Live:ApiKeyz is not a setting. Did you mean Live:ApiKeys?")]
    [InlineData("""{"Live":{"Sessions":{"ConectionLifetime":"00:01:00"}}}""", "Live:Sessions:ConectionLifetime is not a setting. Did you mean Live:Sessions:ConnectionLifetime?")]
    [InlineData("""{"Relay":{"Upstreams":[{"Url":"https://a.example","Kee":"k"}]}}""", "Relay:Upstreams:0:Kee is not a setting. Did you mean Relay:Upstreams:0:Key?")]
    [InlineData("""{"Cascade":{"AudioLeed":"00:00:01"}}""", "Cascade:AudioLeed is not a setting. Did you mean Cascade:AudioLead?")]
    [InlineData("""{"Speech":{"Recognizer":{"Timeuot":"00:00:01"}}}""", "Speech:Recognizer:Timeuot is not a setting. Did you mean Speech:Recognizer:Timeout?")]
    [InlineData("""{"ChatModel":{"Provder":"rules"}}""", "ChatModel:Provder is not a setting. Did you mean ChatModel:Provider?")]
    [InlineData("""{"Live":{"Sessions":{"ConnectionLifetime":"banana"}}}""", "Live:Sessions:ConnectionLifetime is 'banana'; it takes a time span, such as 00:10:00 (hours:minutes:seconds) or 1.00:00:00 (a day).")]
    [InlineData("""{"Live":{"RejectAtHttp":"maybe"}}""", "Live:RejectAtHttp is 'maybe'; it takes true or false.")]
    [InlineData("""{"Live":{"Compatibility":"lax"}}""", "Live:Compatibility is 'lax'; it takes one of Guide, Strict.")]
    [InlineData("""{"Live":{"Messages":{"MaxBytes":"4 MiB"}}}""", "Live:Messages:MaxBytes is '4 MiB'; it takes a whole number from -2147483648 to 2147483647.")]
    [InlineData("""{"Live":{"Messages":{"MaxBytes":10}}}""", "Live:Messages:MaxBytes must be from 1024 to 268435456, but is 10.")]
    [InlineData("""{"Live":{"ApiKeys":"secret-key"}}""", "Live:ApiKeys takes a list, such as [\"…\"], not a single value.")]
    [InlineData("""{"Live":{"Messages":7}}""", "Live:Messages is a section with settings of its own: MaxBytes")]
    public async Task A_mistake_stops_the_start_with_one_sentence(string settings, string expected)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(settings));

        var sentence = Assert.Single(failure.Failures);
        Assert.StartsWith(expected, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_are_reported_together()
    {
        const string Settings = """{"Live":{"ApiKeyz":["a"],"RejectAtHttp":"maybe","Sessions":{"GoAwayLeed":"00:00:01"}}}""";

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(Settings));

        Assert.Equal(3, failure.Failures.Count());
    }

    private static async Task StartAsync(string settings)
    {
        await using var app = Build(settings);
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    private static WebApplication Build(string settings, Action<IServiceCollection>? change = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(settings)));
        builder.Services.AddLogging();
        builder.Services.AddLiveApi().UseGguf().UseLocalModel().UseRelay(static relay =>
        {
            if (relay.Upstreams.Count == 0)
                relay.Upstreams.Add(new UpstreamOptions { Key = "key" });
        });
        change?.Invoke(builder.Services);
        return builder.Build();
    }

    private static string Json(string path, string value)
    {
        var json = $"\"{value}\"";
        foreach (var name in path.Split(':').Reverse())
            json = name == "0" ? $"[{json}]" : $"{{\"{name}\":{json}}}";
        return json;
    }

    private static object? Read(object? options, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            options = options switch
            {
                IDictionary dictionary => dictionary[name],
                IList list when name == "0" => list[^1],
                _ => options!.GetType().GetProperty(name)!.GetValue(options),
            };
        }
        return options;
    }

    // The settings of a type by their paths: "0" stands for the first element of a list of sections, "some" for a name in a dictionary.
    private static IEnumerable<(string Path, Type Type)> Leaves(Type type, string path) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract" && property.GetCustomAttribute<ObsoleteAttribute>() is null)
        .SelectMany(property => Leaf(property.PropertyType, $"{path}:{property.Name}"));

    private static IEnumerable<(string Path, Type Type)> Leaf(Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(TimeSpan) || type == typeof(DateOnly) || type == typeof(Uri))
            return [(path, type)];
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
            return type.GetGenericArguments()[1] is var value && value == typeof(string) ? [($"{path}:some", value)] : Leaves(value, $"{path}:some");
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            return type.GetGenericArguments()[0] is var element && element == typeof(string) ? [($"{path}:0", element)] : Leaves(element, $"{path}:0");
        return Leaves(type, path);
    }

    // As the page writes them: sections and lists have a row of their own where their members have.
    private static IEnumerable<string> Documented(Type type, string section) =>
        Leaves(type, section).Select(static leaf => leaf.Path.Replace(":some", ":{name}", StringComparison.Ordinal)).Select(static path => Trim(Trim(path, ":{name}"), ":0"));

    private static string Trim(string path, string end) => path.EndsWith(end, StringComparison.Ordinal) ? path[..^end.Length] : path;

    private static IEnumerable<string> DocumentedSettings(string page)
    {
        var section = "";
        var parents = Sections.SelectMany(static s => Leaves(s.Type, s.Section)).SelectMany(static leaf => Parents(leaf.Path)).ToHashSet();
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..].Split(':')[0];
            if (!line.StartsWith("| `", StringComparison.Ordinal) || Sections.All(s => s.Section != section))
                continue;
            foreach (Match name in Code().Matches(line.Split(" | ")[0]))
            {
                var path = $"{section}:{name.Groups[1].Value}";
                // A row that explains a whole section or list.
                if (!parents.Contains(path) || Strings.Contains(path))
                    yield return path;
            }
        }
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.LastIndexOf(':'); at > 0; at = path.LastIndexOf(':', at - 1))
            yield return path[..at].Replace(":some", ":{name}", StringComparison.Ordinal);
    }

    private static string OtherThanDefault(Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => "00:00:07",
        _ when type == typeof(DateOnly) => "09/15/2026",
        _ when type == typeof(bool) => "True",
        _ when type.IsEnum => Enum.GetNames(type)[^1],
        _ when type == typeof(Uri) => "https://upstream.example/",
        _ when type == typeof(string) => "a-text-of-the-test",
        _ when type == typeof(float) || type == typeof(double) => "0.5",
        _ => "17",
    };

    private static string RepositoryFile(params string[] names)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Parley.slnx")))
            folder = folder.Parent;
        return Path.Combine([folder.FullName, .. names]);
    }

    [GeneratedRegex("`([A-Za-z0-9:{}]+)`")]
    private static partial Regex Code();
}
