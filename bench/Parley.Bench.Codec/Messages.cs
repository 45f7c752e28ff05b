using System.Text;
using Parley.Protocol;

namespace Parley.Bench.Codec;

/// <summary>The measured messages: 75 ms of output and 20 ms of input.</summary>
internal static class Messages
{
    public const int OutputPcmBytes = 3_600, InputPcmBytes = 640;

    public static byte[] OutputPcm { get; } = Noise(OutputPcmBytes);

    public static byte[] InputPcm { get; } = Noise(InputPcmBytes);

    public static byte[] OutputBase64 { get; } = Encoding.ASCII.GetBytes(Convert.ToBase64String(OutputPcm));

    public static byte[] InputBase64 { get; } = Encoding.ASCII.GetBytes(Convert.ToBase64String(InputPcm));

    public static byte[] Output { get; } = WriteOutput();

    public static byte[] Input { get; } = WriteInput();

    /// <summary>As the service writes it: indented, without a role.</summary>
    public static byte[] IndentedOutput { get; } = Encoding.UTF8.GetBytes($$"""
        {
          "serverContent": {
            "modelTurn": {
              "parts": [
                {
                  "inlineData": {
                    "mimeType": "audio/pcm;rate=24000",
                    "data": "{{Encoding.ASCII.GetString(OutputBase64)}}"
                  }
                }
              ]
            }
          }
        }

        """);

    /// <summary>Indented, in the other spelling, with the role last: only the scanner finds it.</summary>
    public static byte[] OtherOutput { get; } = Encoding.UTF8.GetBytes($$"""
        {
          "server_content": {
            "model_turn": {
              "parts": [
                {
                  "inline_data": {
                    "mime_type": "audio/pcm;rate=24000",
                    "data": "{{Encoding.ASCII.GetString(OutputBase64)}}"
                  }
                }
              ],
              "role": "model"
            }
          }
        }

        """);

    private static byte[] Noise(int length)
    {
        var pcm = new byte[length];
        new Random(1).NextBytes(pcm);
        return pcm;
    }

    private static byte[] WriteOutput()
    {
        var message = new byte[AudioMessage.OutputBytes(OutputPcmBytes)];
        AudioMessage.WriteOutput(OutputPcm, message);
        return message;
    }

    private static byte[] WriteInput()
    {
        var message = new byte[AudioMessage.MaxInputBytes(InputPcmBytes)];
        return message[..AudioMessage.WriteInput(InputPcm, AudioFormat.InputRateHz, message)];
    }
}
