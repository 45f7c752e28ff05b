using CsCheck;
using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;
using Parley.Protocol;

namespace Parley.Cascade.Tests;

/// <summary>Media types of the client in the history of the chat model: any text, because they are the client's.</summary>
public sealed class MediaTypeTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData("image/png;charset=\u0000")]
    [InlineData("image/\u0000")]
    [InlineData("image/jpg")]
    [InlineData(" IMAGE/x; a=\"b")]
    public void A_picture_is_passed_with_the_type_of_its_bytes(string mimeType) =>
        Assert.Equal("image/png", Assert.IsType<DataContent>(Convert(mimeType, Png)).MediaType);

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/png;charset=\u0000")]
    public void An_invalid_picture_becomes_a_note(string mimeType) =>
        Assert.True(PictureCheck.IsUnreadablePictureNote(Convert(mimeType, [1, 2, 3])));

    [Theory]
    [InlineData("audio/pcm;rate=16000", "audio/pcm;rate=16000")]
    [InlineData("application/pdf;name=\"a b\"", "application/pdf")]
    [InlineData("\u0000", "application/octet-stream")]
    [InlineData(null, "application/octet-stream")]
    public void Other_data_keeps_what_is_valid_of_its_type(string? mimeType, string expected) =>
        Assert.Equal(expected, Assert.IsType<DataContent>(Convert(mimeType, [1, 2, 3])).MediaType);

    [Fact]
    public void No_media_type_breaks_a_turn() =>
        Gen.Select(Gen.OneOf(Gen.String, Gen.String[Gen.Char["aimge/;= \"\\\0\tü*!"], 0, 20]), Gen.Bool).Sample(
            static (mimeType, isPicture) => Convert(isPicture ? "image/png;" + mimeType : mimeType, Png));

    [Fact]
    public async Task A_turn_with_a_strange_media_type_is_answered()
    {
        var chatModel = StubChatModel.Saying("A picture.");
        await using var rig = await CascadeRig.StartAsync(chatModel);

        rig.Session.Receive(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Video = new Blob { MimeType = "image/png;charset=\u0000", Data = Png } } });
        rig.SayText("What is this?");
        await rig.ExpectAsync("turnComplete");

        Assert.Equal("A picture.", rig.Output.Spoken.Trim());
        Assert.Single(chatModel.Asked);
    }

    private static AIContent Convert(string? mimeType, byte[] data) => Assert.Single(ChatHistory.Of(
        [new Content { Role = "user", Parts = [new Part { InlineData = new Blob { MimeType = mimeType, Data = data } }] }], mayAnswerLate: false)[0].Contents);
}
