/** Shows what a file or folder of this machine holds. */
import { type ShowFilesRequest, showFile as show } from "../../app/show-files.js";
import { nodePlatform as here } from "../platform.js";

/** What a file or folder holds, drawn with `out` and converted with `to`. @throws as `showFile` of app/show-files.ts */
export const showFile = (request: ShowFilesRequest): ReturnType<typeof show> => show(request, here);
