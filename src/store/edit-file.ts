import { type FileHandle, open } from 'node:fs/promises';

/**
 * Edits a file of the user's in its place: its owner, its permissions and links to it stay. On an error it has
 * its old content.
 * @throws the error of a system call, or what `edit` throws (then the file was not touched)
 */
export async function editFile(file: string, edit: (text: string) => string): Promise<void> {
  const opened = await open(file, 'r+');
  try {
    const before = await opened.readFile();
    const after = Buffer.from(edit(before.toString()));
    try {
      await overwrite(opened, after);
    } catch (error) {
      // The old content has its room on the disk.
      await overwrite(opened, before);
      throw error;
    }
  } finally {
    await opened.close();
  }
}

async function overwrite(opened: FileHandle, content: Buffer): Promise<void> {
  for (let at = 0; at < content.length;) {
    const { bytesWritten } = await opened.write(content, at, content.length - at, at);
    at += bytesWritten;
  }
  await opened.truncate(content.length);
  await opened.sync();
}
