using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Access;

/// <summary>A token locks everything its creator named, or is not created.</summary>
public sealed class TokenMaskTests
{
    /// <summary>A member of the setup, its JSON, and a mask that names it.</summary>
    private static readonly (string Json, string Path)[] Members =
    [
        (""" "model":"models/gemini-3.8-live" """, "model"),
        (""" "systemInstruction":{"parts":[{"text":"x"}]} """, "systemInstruction"),
        (""" "tools":[{"googleSearch":{}}] """, "tools"),
        (""" "sessionResumption":{} """, "session_resumption"),
        (""" "contextWindowCompression":{"triggerTokens":"9"} """, "contextWindowCompression"),
        (""" "inputAudioTranscription":{} """, "inputAudioTranscription"),
        (""" "outputAudioTranscription":{} """, "output_audio_transcription"),
        (""" "realtimeInputConfig":{"turnCoverage":"TURN_INCLUDES_ALL_INPUT"} """, "realtimeInputConfig.turnCoverage"),
        (""" "proactivity":{"proactiveAudio":true} """, "proactivity"),
        (""" "generationConfig":{"speechConfig":{"languageCode":"en-US"}} """, "generationConfig.speechConfig"),
        (""" "generationConfig":{"seed":7} """, "generation_config.seed"),
    ];

    public static TheoryData<string> Versions => ["v1", "v1beta", "v1alpha"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Mask_that_does_not_name_every_set_member_is_refused(string version)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        foreach (var (json, path) in Members)
        {
            Assert.Equal(HttpStatusCode.OK, (await MintAsync(host, version, $"{{{json}}}", path)).Status);
            Assert.Equal(HttpStatusCode.OK, (await MintAsync(host, version, $"{{{json}}}", path + ",generationConfig.topK")).Status);
            foreach (var (_, other) in Members.Where(other => other.Path != path))
            {
                var (status, message) = await MintAsync(host, version, $"{{{json}}}", other);
                Assert.Equal(HttpStatusCode.BadRequest, status);
                Assert.Equal("BidiGenerateContentSetup contains fields that are not specified in field_mask", message);
            }
        }
    }

    [Theory]
    [InlineData("model,,tools")]
    [InlineData(",model")]
    [InlineData("model,")]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData("model, ,tools")]
    [InlineData("generationConfig.")]
    [InlineData(".model")]
    [InlineData("generationConfig..seed")]
    public async Task Mask_with_an_empty_path_is_refused(string mask)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        Assert.Equal(HttpStatusCode.BadRequest, (await MintAsync(host, "v1", """{"model":"models/gemini-3.8-live"}""", mask)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await MintAsync(host, "v1", null, mask)).Status);
    }

    [Fact]
    public async Task Voice_outside_the_mask_is_refused()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        const string Setup =
            """{"model":"models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}}}""";

        Assert.Equal(HttpStatusCode.BadRequest, (await MintAsync(host, "v1beta", Setup, "model,generationConfig.responseModalities")).Status);
        Assert.Equal(HttpStatusCode.OK, (await MintAsync(host, "v1beta", Setup, "model,generationConfig.responseModalities,generationConfig.speechConfig")).Status);
        Assert.Equal(HttpStatusCode.OK, (await MintAsync(host, "v1beta", Setup, "")).Status);
    }

    private static async Task<(HttpStatusCode Status, string? Message)> MintAsync(InMemoryHost host, string version, string? setup, string mask)
    {
        var body = new JsonObject { ["fieldMask"] = mask };
        if (setup is not null)
            body["bidiGenerateContentSetup"] = JsonNode.Parse(setup);
        using var http = host.CreateClient();
        using var response = await http.PostAsync(
            new Uri($"/{version}/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, answer.TryGetProperty("error", out var error) ? error.GetProperty("message").GetString() : null);
    }
}
