import { catalogue } from '../messages/texts.ts';

/** What reading a data file can say. */
export const formatTexts = catalogue({
  en: {
    noFile: (path: string) =>
      `There is no file '${path}'. Check the path; it is taken from where you are.`,
    unreadable: (path: string, cause: string) => `'${path}' cannot be read: ${cause}.`,
    isFolder: (path: string) => `'${path}' is a folder; name one file in it.`,
    needsFolder: (path: string, files: string) =>
      `'${path}' is no folder; this format reads a folder with ${files} (.csv or .csv.gz).`,
    folderLacks: (path: string, file: string) =>
      `The folder '${path}' has no ${file}.csv or ${file}.csv.gz; add it.`,
    noStdin: (format: string) =>
      `The format ${format} cannot read from standard input: the ids of its events are places in a named file. Name the file.`,
    brokenGzip: (path: string, cause: string) =>
      `'${path}' is packed and cannot be unpacked to its end (${cause}). Fetch it again.`,
    lacksColumns: (file: string, columns: string) =>
      `The header of '${file}' lacks ${columns}. Check that the format or map fits the file.`,
  },
  zh: {
    noFile: (path: string) => `没有文件“${path}”。请检查路径（相对于当前目录）。`,
    unreadable: (path: string, cause: string) => `无法读取“${path}”：${cause}。`,
    isFolder: (path: string) => `“${path}”是文件夹，请指明其中的一个文件。`,
    needsFolder: (path: string, files: string) =>
      `“${path}”不是文件夹；该格式需要含 ${files}（.csv 或 .csv.gz）的文件夹。`,
    folderLacks: (path: string, file: string) =>
      `文件夹“${path}”中没有 ${file}.csv 或 ${file}.csv.gz，请补上。`,
    noStdin: (format: string) =>
      `格式 ${format} 不能从标准输入读取：其事件编号取自文件中的位置。请给出文件。`,
    brokenGzip: (path: string, cause: string) =>
      `压缩文件“${path}”无法完整解压（${cause}）。请重新获取。`,
    lacksColumns: (file: string, columns: string) =>
      `“${file}”的表头缺少 ${columns}。请确认格式或映射与文件相符。`,
  },
});
