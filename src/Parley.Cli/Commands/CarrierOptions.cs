using System.CommandLine;
using System.Globalization;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary>The options of <c>parley call</c> that say how the carrier speaks.</summary>
internal sealed class CarrierOptions
{
    private static readonly Dictionary<string, (CallerEncoding Encoding, int RateHz)> Encodings = new(StringComparer.Ordinal)
    {
        ["mulaw"] = (CallerEncoding.MuLaw, G711.SampleRateHz),
        ["alaw"] = (CallerEncoding.ALaw, G711.SampleRateHz),
        ["l16"] = (CallerEncoding.Linear16, 16_000),
    };

    private static readonly Dictionary<string, CallerDialect> Dialects = new(StringComparer.Ordinal)
    {
        ["twilio"] = CallerDialect.Twilio,
        ["telnyx"] = CallerDialect.Telnyx,
        ["plivo"] = CallerDialect.Plivo,
    };

    private readonly Option<string?> _dialect = Choice(
        "--dialect", "DIALECT", "The carrier's protocol: twilio, telnyx or plivo. Default: the one that the URL names, else twilio", [.. Dialects.Keys]);

    private readonly Option<string?> _encoding = Choice(
        "--encoding", "ENCODING", "mulaw, alaw (telnyx) or l16 (16 kHz; telnyx, plivo). Default: mulaw", [.. Encodings.Keys]);

    private readonly Option<string?> _from = new("--from") { Description = "The caller's number, such as +4930123456", HelpName = "NUMBER" };

    private readonly Option<string?> _to = new("--to") { Description = "The number that is called", HelpName = "NUMBER" };

    private readonly Option<string?> _digits = new("--digits")
    {
        Description = "Press these keys after the audio: 0 to 9, *, # and A to D", HelpName = "KEYS",
    };

    private readonly Option<string[]> _parameters = new("--parameter")
    {
        Description = "A parameter of the stream, as a carrier passes it on. Repeatable", HelpName = "NAME=VALUE",
    };

    private readonly Option<string?> _secret = new("--secret")
    {
        Description = "Auth token that signs the call (twilio, plivo); telnyx: stream token, or private key of the webhook", HelpName = "SECRET",
    };

    private readonly Option<string?> _signedUrl = new("--signed-url")
    {
        Description = "The URL that is signed, if the server's public one is another", HelpName = "URL",
    };

    private readonly Option<double?> _loss = Percent("--loss", "Lose this share of the 20 ms frames, in each direction");

    private readonly Option<double?> _late = Percent("--late", "Delay this share of the audio messages by 60 ms, in each direction");

    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Seed of --loss and --late: equal seeds lose equal frames. Default: 1",
        HelpName = "NUMBER",
        CustomParser = static result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
                return seed;
            result.AddError($"--seed must be a whole number from 0 to {int.MaxValue}.");
            return null;
        },
    };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_dialect, _encoding, _from, _to, _digits, _parameters, _secret, _signedUrl, _loss, _late, _seed])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_digits) is { } keys && !VirtualCaller.AreKeys(keys))
                result.AddError($"--digits has keys of a telephone, 0 to 9, *, # and A to D, not '{keys}'.");
            if (result.GetValue(_signedUrl) is { Length: > 0 } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
                result.AddError($"--signed-url must be a URL, not '{url}'.");
            foreach (var parameter in result.GetValue(_parameters) ?? [])
            {
                if (parameter.IndexOf('=', StringComparison.Ordinal) < 1)
                    result.AddError($"--parameter must be NAME=VALUE, such as tenant=7, not '{parameter}'.");
            }
        });
    }

    internal string? Keys(ParseResult parsed) => parsed.GetValue(_digits);

    internal void Apply(ParseResult parsed, Uri address, VirtualCallerOptions options)
    {
        // As in /phone/telnyx/stream.
        var named = address.AbsolutePath.Split('/');
        options.Dialect = (parsed.GetValue(_dialect) ?? Dialects.Keys.FirstOrDefault(named.Contains)) is { } dialect ? Dialects[dialect] : CallerDialect.Twilio;
        (options.Encoding, options.SampleRateHz) = Encodings[parsed.GetValue(_encoding) ?? "mulaw"];
        (options.From, options.To, options.Secret) = (parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_secret));
        if (parsed.GetValue(_signedUrl) is { } url)
            options.SignedUrl = new Uri(url);
        foreach (var parameter in parsed.GetValue(_parameters) ?? [])
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            options.Parameters[parameter[..equals]] = parameter[(equals + 1)..];
        }
        options.LossPercent = parsed.GetValue(_loss) ?? 0;
        options.LatePercent = parsed.GetValue(_late) ?? 0;
        options.Seed = parsed.GetValue(_seed) ?? options.Seed;
    }

    private static Option<string?> Choice(string name, string helpName, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } value }] && !values.Contains(value))
                result.AddError($"{name} must be {string.Join(", ", values[..^1])} or {values[^1]}, not '{value}'.");
        });
        return option;
    }

    private static Option<double?> Percent(string name, string description) => new(name)
    {
        Description = description + ", in percent. Default: 0",
        HelpName = "PERCENT",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100)
                return percent;
            result.AddError($"{name} must be a percentage from 0 to 100, not '{text}'.");
            return null;
        },
    };
}
